import { Controller } from '@nestjs/common';
import { COMMANDS_TOPIC, SCHEMAS, replayOf, type AnswerCommand, type Command, type EraseCommand, type SeparateCommand } from '#canonical'; // prettier-ignore
import {
  BatchHandler, HuvudmanKeys, Settings, Stage, causeOf, commandOf, commandsNamed, concludeCommand, refuseGiver, replayOnCommand,
  retryOnCommand, type EventBatch, type GivenCommand, type ReceivedEvent, type UnitOfWork,
} from '#stage'; // prettier-ignore
import { REGISTER_REPLAY } from './replay/replay.store.js';
import { decideErase } from './decide/decide-erase.js';
import { decideSeparate } from './decide/decide-separate.js';
import { findQuestions, forgetAnswers, saveAnswers } from './register/answer.store.js';
import { loadNumbers, loadRegister, saveRegister } from './register/load-register.js';
import { Needs } from './register/needs.js';
import { UnitHistory } from './succession/unit-history.js';
import { tellAnnouncements } from './tell-announcements.js';

/** Applies what administrators have decided about persons, once, and tells of it in the audit (design §5). */
@Controller()
export class CommandsHandler {
  constructor(
    private readonly keys: HuvudmanKeys,
    private readonly settings: Settings,
    private readonly stage: Stage,
  ) {}

  @BatchHandler({ stage: 'normalise', groups: [[COMMANDS_TOPIC]] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const given = events.flatMap((event) => readCommand(event, unit, this.stage) ?? []);
    await this.answer(commandsNamed(given, 'answer'), unit);
    await this.separate(commandsNamed(given, 'separate'), unit);
    await this.erase(commandsNamed(given, 'erase'), unit);
    await replayOnCommand(commandsNamed(given, 'replay'), unit, REGISTER_REPLAY);
    await retryOnCommand(commandsNamed(given, 'retry'), unit, this.stage);
  }

  private async erase(
    asked: readonly GivenCommand<EraseCommand>[],
    unit: UnitOfWork,
  ): Promise<void> {
    const given = asked.filter((one) => !this.isRefused(one, unit));
    if (given.length === 0) return;
    const needs = new Needs();
    for (const { command } of given) needs.persons.add(command.person);
    const register = await loadRegister(unit, needs, this.keys, this.history());
    for (const one of given) {
      const announcements = decideErase(one.command, register);
      if (announcements === undefined) {
        concludeCommand(one, unit, { refused: 'there is no such person, or no longer' });
        continue;
      }
      tellAnnouncements(unit, one.event.envelope, { announcements, ordinals: new Map() });
      concludeCommand(one, unit);
    }
    saveRegister(unit, register);
  }

  private async answer(
    given: readonly GivenCommand<AnswerCommand>[],
    unit: UnitOfWork,
  ): Promise<void> {
    const asked = await findQuestions(unit, [
      ...new Set(given.map(({ command }) => command.question)),
    ]);
    const last = new Map<string, Parameters<typeof saveAnswers>[1][number]>();
    for (const one of given) {
      const { question: id, answer } = one.command;
      const question = asked.find((other) => other.id === id);
      if (question === undefined) {
        concludeCommand(one, unit, { refused: 'nothing is asked by this name' });
        continue;
      }
      if (this.isRefused(one, unit, question.source)) continue;
      if (answer === 'reject') unit.discard([id]);
      else {
        const { source, localId, numberDigest } = question;
        const answeredBy = one.by.clientId;
        last.set(`${source} ${localId}`, { source, localId, numberDigest, answer, answeredBy });
        unit.arrived([id]);
      }
      concludeCommand(one, unit);
    }
    saveAnswers(unit, [...last.values()]);
  }

  private async separate(
    asked: readonly GivenCommand<SeparateCommand>[],
    unit: UnitOfWork,
  ): Promise<void> {
    const given = asked.filter((one) => !this.isRefused(one, unit, one.command.source));
    if (given.length === 0) return;
    const needs = new Needs();
    for (const { command } of given) {
      needs.holder(command.source, command.localId);
      needs.open(command.source, command.localId);
      needs.claims = true;
    }
    const register = await loadRegister(unit, needs, this.keys, this.history());
    await loadNumbers(unit, register, given.map(({ command }) => command)); // prettier-ignore
    for (const one of given) {
      const verdict = decideSeparate(one.command, causeOf(one.event), register);
      if (verdict.is === 'refused') {
        concludeCommand(one, unit, { refused: verdict.says });
        continue;
      }
      const { announcements, answer, forgets } = verdict;
      tellAnnouncements(unit, one.event.envelope, { announcements, ordinals: new Map() });
      forgetAnswers(unit, forgets);
      if (answer) saveAnswers(unit, [{ ...answer, answeredBy: one.by.clientId }]);
      concludeCommand(one, unit);
    }
    saveRegister(unit, register);
  }

  /** Concludes a command that is not its giver's to give, before anything is loaded or locked for it. */
  private isRefused(one: GivenCommand, unit: UnitOfWork, source?: string): boolean {
    const owner = source === undefined ? undefined : this.settings.source(source)?.huvudman;
    const refused = refuseGiver(one, owner);
    if (refused !== undefined) concludeCommand(one, unit, { refused });
    return refused !== undefined;
  }

  private history(): UnitHistory {
    return new UnitHistory(() => this.settings.huvudmen());
  }
}

function readCommand(
  event: ReceivedEvent,
  unit: UnitOfWork,
  stage: Stage,
): GivenCommand | undefined {
  const given = commandOf(event);
  if (given === undefined) {
    unit.park(event, {
      code: 'bad-data',
      causeGroup: COMMANDS_TOPIC,
      issues: SCHEMAS.command
        .faults(event.data)
        .map(({ pointer, expected }) => ({ pointer, says: expected })),
    });
    return undefined;
  }
  if (!isOfOther(given.command, stage)) return given;
  unit.settle(event, 'filtered:irrelevant');
  return undefined;
}

/** What another stage is asked for, which takes it. */
function isOfOther(command: Command, { name }: Stage): boolean {
  if (command.name === 'replay') return replayOf(command) !== 'register';
  return command.name === 'retry' && command.stage !== name;
}

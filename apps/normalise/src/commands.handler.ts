import { Controller } from '@nestjs/common';
import { SCHEMAS, commandTarget, type ReplayCommand, type AnswerCommand, type CommandData, type EraseCommand, type SeparateCommand } from '#canonical'; // prettier-ignore
import { BatchHandler, HuvudmanKeys, Settings, causeOf, type EventBatch, type ReceivedEvent, type UnitOfWork } from '#stage'; // prettier-ignore
import { beginReplay, stopReplay } from './replay/replay.store.js';
import { decideErase } from './decide/decide-erase.js';
import { decideSeparate } from './decide/decide-separate.js';
import { findQuestions, saveAnswers } from './register/answer.store.js';
import { loadRegister, saveRegister } from './register/load-register.js';
import { Needs } from './register/needs.js';
import { UnitHistory } from './succession/unit-history.js';
import { tellAnnouncements } from './tell-announcements.js';

interface Given<OneCommand> {
  readonly event: ReceivedEvent;
  readonly command: OneCommand;
  readonly by: CommandData['by'];
}

/** Applies what administrators have decided about persons, once, and tells of it in the audit (design §5). */
@Controller()
export class CommandsHandler {
  constructor(
    private readonly keys: HuvudmanKeys,
    private readonly settings: Settings,
  ) {}

  @BatchHandler({ stage: 'normalise', groups: [['admin.commands']] })
  async handle({ events, unit }: EventBatch): Promise<void> {
    const given = events.flatMap((event) => readCommand(event, unit) ?? []);
    await this.answer(named(given, 'answer'), unit);
    await this.separate(named(given, 'separate'), unit);
    await this.erase(named(given, 'erase'), unit);
    await this.replay(named(given, 'replay'), unit);
  }

  private async replay(given: readonly Given<ReplayCommand>[], unit: UnitOfWork): Promise<void> {
    for (const one of given) {
      if (one.command.action === 'begin') beginReplay(unit, causeOf(one.event));
      else if (!(await stopReplay(unit))) {
        conclude(one, unit, { refused: 'no replay is under way' });
        continue;
      }
      conclude(one, unit);
    }
  }

  private async erase(given: readonly Given<EraseCommand>[], unit: UnitOfWork): Promise<void> {
    if (given.length === 0) return;
    const needs = new Needs();
    for (const { command } of given) needs.persons.add(command.person);
    const register = await loadRegister(unit, needs, this.keys, this.history());
    for (const one of given) {
      const announcements = decideErase(one.command, register);
      if (announcements === undefined) {
        conclude(one, unit, { refused: 'there is no such person, or no longer' });
        continue;
      }
      tellAnnouncements(unit, one.event.envelope, { announcements, ordinals: new Map() });
      conclude(one, unit);
    }
    saveRegister(unit, register);
  }

  private async answer(given: readonly Given<AnswerCommand>[], unit: UnitOfWork): Promise<void> {
    const asked = await findQuestions(unit, [
      ...new Set(given.map(({ command }) => command.question)),
    ]);
    const last = new Map<string, Parameters<typeof saveAnswers>[1][number]>();
    for (const one of given) {
      const { question: id, answer } = one.command;
      const question = asked.find((other) => other.id === id);
      if (question === undefined) {
        conclude(one, unit, { refused: 'nothing is asked by this name' });
        continue;
      }
      if (answer === 'reject') unit.discard([id]);
      else {
        const { source, localId, numberDigest } = question;
        const answeredBy = one.by.clientId;
        last.set(`${source} ${localId}`, { source, localId, numberDigest, answer, answeredBy });
        unit.arrived([id]);
      }
      conclude(one, unit);
    }
    saveAnswers(unit, [...last.values()]);
  }

  private async separate(
    given: readonly Given<SeparateCommand>[],
    unit: UnitOfWork,
  ): Promise<void> {
    if (given.length === 0) return;
    const needs = new Needs();
    for (const { command } of given) {
      needs.holder(command.source, command.localId);
      needs.open(command.source, command.localId);
      needs.claims = true;
    }
    const register = await loadRegister(unit, needs, this.keys, this.history());
    for (const one of given) {
      const verdict = decideSeparate(one.command, causeOf(one.event), register);
      if (verdict.is === 'refused') {
        conclude(one, unit, { refused: verdict.says });
        continue;
      }
      const { announcements, answer } = verdict;
      tellAnnouncements(unit, one.event.envelope, { announcements, ordinals: new Map() });
      if (answer) saveAnswers(unit, [{ ...answer, answeredBy: one.by.clientId }]);
      conclude(one, unit);
    }
    saveRegister(unit, register);
  }

  private history(): UnitHistory {
    return new UnitHistory(() => this.settings.huvudmen());
  }
}

/** Those of one kind, in the order in which they were given. */
function named<Name extends CommandData['command']['name']>(
  given: readonly Given<CommandData['command']>[],
  name: Name,
): Given<Extract<CommandData['command'], { name: Name }>>[] {
  type Wanted = Given<Extract<CommandData['command'], { name: Name }>>;
  return given.filter((one): one is Wanted => one.command.name === name);
}

function readCommand(
  event: ReceivedEvent,
  unit: UnitOfWork,
): Given<CommandData['command']> | undefined {
  if (SCHEMAS.command.check(event.data)) return { event, ...event.data };
  unit.park(event, {
    code: 'bad-data',
    causeGroup: 'admin.commands',
    issues: SCHEMAS.command
      .faults(event.data)
      .map(({ pointer, expected }) => ({ pointer, says: expected })),
  });
  return undefined;
}

/** A command that cannot be applied is no fault: what it was about has changed meanwhile. The audit says so. */
function conclude(
  { event, command, by }: Given<CommandData['command']>,
  unit: UnitOfWork,
  but?: { readonly refused: string },
): void {
  const outcome = but === undefined ? 'done' : 'refused';
  unit.audit({ actor: by, action: 'command.applied', about: commandTarget(command), outcome });
  if (but === undefined) unit.settle(event, 'passed', command.name);
  else unit.settle(event, 'filtered:irrelevant', `${command.name}: ${but.refused}`);
}

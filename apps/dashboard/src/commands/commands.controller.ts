import { randomUUID } from 'node:crypto';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ReplayCommand, AnswerCommand, EraseCommand, RetryEventCommand, RetryGroupCommand, SCHEMAS, SeparateCommand, StopRetryCommand, causationOf, commandTarget, compileSchema, type CommandData, type PayloadSchema } from '#canonical'; // prettier-ignore
import { isBusy } from '#database';
import { CurrentPrincipal, PROBLEMS, Problem, Scopes, type Principal } from '#runtime';
import { Stage, type OutgoingEvent } from '#stage';
import { DashboardConfig } from '../dashboard.config.js';
import { refuseCommand } from './refuse-command.js';

const TOPIC = 'admin.commands';

/**
 * What administrators ask of a stage. A command that was acknowledged is stored, with who gave it; the owning stage applies it once. One
 * that is refused here is in the audit, and goes nowhere.
 */
@Controller('v1/commands')
export class CommandsController {
  constructor(
    private readonly stage: Stage,
    private readonly config: DashboardConfig,
  ) {}

  @Post()
  @HttpCode(202)
  @Scopes('admin:command')
  async give(@Body() body: unknown, @CurrentPrincipal() actor: Principal): Promise<{ id: string }> {
    const data = checked(body, actor, this.stage.clock.now());
    const refusal = refuseCommand(data.command, actor, {
      acrValues: this.config.commandAcrValues,
    });
    const event = eventOf(data);
    const about = commandTarget(data.command);
    const outcome = refusal === undefined ? 'done' : 'refused';
    try {
      await this.stage.transaction((unit) => {
        if (refusal === undefined) unit.emit(event);
        unit.audit({ actor, action: 'command.given', about, outcome });
        return Promise.resolve();
      });
    } catch (error) {
      if (!isBusy(error)) throw error;
      throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 2, cause: error });
    }
    if (refusal !== undefined) throw refusal;
    return { id: event.envelope.id };
  }
}

function checked(body: unknown, actor: Principal, now: Date): CommandData {
  const { clientId, subject, role, huvudman, acr } = actor;
  const data = {
    command: body,
    by: {
      clientId,
      subject,
      ...(role !== undefined && { role }),
      ...(huvudman !== undefined && { huvudman }),
      ...(acr !== undefined && { acr }),
    },
    at: now.toISOString(),
  };
  if (SCHEMAS.command.check(data)) return data;
  throw new Problem(PROBLEMS['validation-failed'], { members: { errors: faultsOf(body) } });
}

/** One schema per command, so that a fault names the field and not merely that no command fits. */
const COMMANDS: Readonly<Record<string, PayloadSchema>> = {
  answer: compileSchema('answer', AnswerCommand),
  separate: compileSchema('separate', SeparateCommand),
  erase: compileSchema('erase', EraseCommand),
  replay: compileSchema('replay', ReplayCommand),
  retry: compileSchema('retry', RetryGroupCommand),
};
const RETRY_EVENT = compileSchema('retry-event', RetryEventCommand);
const STOP_RETRY = compileSchema('stop-retry', StopRetryCommand);

function faultsOf(body: unknown): { pointer: string; detail: string }[] {
  const name = (body as { name?: unknown } | null)?.name;
  const schema = typeof name === 'string' && Object.hasOwn(COMMANDS, name) && COMMANDS[name];
  if (!schema) {
    return [{ pointer: '/name', detail: `Expected one of: ${Object.keys(COMMANDS).join(', ')}` }];
  }
  return (name === 'retry' ? retryMeant(body as object) : schema)
    .faults(body)
    .map(({ pointer, expected }) => ({ pointer, detail: expected }));
}

/** What somebody meant who asked for a retry, so that they are told what of it is wrong. */
function retryMeant(body: { readonly action?: unknown }): PayloadSchema {
  if (body.action === 'stop') return STOP_RETRY;
  return 'event' in body ? RETRY_EVENT : COMMANDS['retry']!;
}

function eventOf(data: CommandData): OutgoingEvent {
  const key = commandTarget(data.command);
  const envelope = {
    id: randomUUID(),
    source: 'urn:elevnav:dashboard',
    type: 'se.elevnav.command.given',
    subject: key,
    time: data.at,
    dataschema: SCHEMAS.command.dataschema,
  };
  return { topic: TOPIC, key, envelope, data, cause: causationOf(envelope) };
}

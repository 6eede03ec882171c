import { Type, type Static } from '@sinclair/typebox';
import { Id, Instant, ShortText, SourceId, literals } from './values.js';

/** What an administrator asks of a stage, as `admin.commands` carries it: applied once, by the stage that owns the thing (design §4). */

/** A question of normalise about who is who: what it asks, and a reference that shows neither number nor local id. */
export const QuestionId = Type.String({
  pattern: '^question/(unlike|two-persons|changed-number)/[0-9a-f]{32}$',
});

/** `reject`: the event is given up; the source corrects it and sends again. */
export const ANSWERS = ['same-person', 'different-persons', 'reject'] as const;

export const AnswerCommand = Type.Object({
  name: Type.Literal('answer'),
  question: QuestionId,
  answer: literals(ANSWERS),
});
export type AnswerCommand = Static<typeof AnswerCommand>;

/** The claim of a source about a person is somebody else's. */
export const SeparateCommand = Type.Object({
  name: Type.Literal('separate'),
  person: Id,
  source: SourceId,
  localId: ShortText,
});
export type SeparateCommand = Static<typeof SeparateCommand>;

/** The person is to be forgotten, in every store and by every subscriber; the key of what is sealed is shredded. It cannot be undone. */
export const EraseCommand = Type.Object({ name: Type.Literal('erase'), person: Id });
export type EraseCommand = Static<typeof EraseCommand>;

/** The register is normalise's, access is test-access's. */
export const REPLAYED = ['register', 'access'] as const;
export type Replayed = (typeof REPLAYED)[number];

/**
 * A stage is to re-announce the present state of all that it keeps, for a stage that is new or was rebuilt; or to stop doing so. `of`
 * left out is the register.
 */
export const ReplayCommand = Type.Object({
  name: Type.Literal('replay'),
  of: Type.Optional(literals(REPLAYED)),
  action: literals(['begin', 'stop']),
});
export type ReplayCommand = Static<typeof ReplayCommand>;

/** The stages with a store, each of which parks what it cannot use. */
export const RETRYING_STAGES = ['normalise', 'test-access', 'publish', 'dashboard'] as const;

const ofRetry = {
  name: Type.Literal('retry'),
  stage: literals(RETRYING_STAGES),
  action: Type.Literal('begin'),
};
// What is meant to change nothing must not begin one, so nothing else may stand in it.
const CLOSED = { additionalProperties: false };

/** The stage is to try a parked event again; `event` is its id there. */
export const RetryEventCommand = Type.Object(
  { ...ofRetry, event: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  CLOSED,
);

/** The stage is to try all again that are parked by one cause group. */
export const RetryGroupCommand = Type.Object(
  { ...ofRetry, causeGroup: Type.String({ minLength: 1, maxLength: 500 }) },
  CLOSED,
);

/** The stage is to try no more of what it was asked to; a stage has one retry at a time, so it need not be named. */
export const StopRetryCommand = Type.Object({ ...ofRetry, action: Type.Literal('stop') });

export type RetryCommand =
  | Static<typeof RetryEventCommand>
  | Static<typeof RetryGroupCommand>
  | Static<typeof StopRetryCommand>;

export const Command = Type.Union([
  AnswerCommand,
  SeparateCommand,
  EraseCommand,
  ReplayCommand,
  RetryEventCommand,
  RetryGroupCommand,
  StopRetryCommand,
]);
export type Command = Static<typeof Command>;

/** The caller, as the token said: the owning stage tells of it in its audit. */
export const CommandGiver = Type.Object({
  clientId: ShortText,
  subject: ShortText,
  role: Type.Optional(ShortText),
  huvudman: Type.Optional(ShortText),
  acr: Type.Optional(ShortText),
});

export const CommandData = Type.Object({ command: Command, by: CommandGiver, at: Instant });
export type CommandData = Static<typeof CommandData>;

/** What a command is about: its key on the topic. */
export function commandTarget(command: Command): string {
  switch (command.name) {
    case 'answer':
      return command.question;
    case 'replay':
      return replayOf(command);
    case 'retry':
      return `retry/${command.stage}`;
    case 'separate':
    case 'erase':
      return command.person;
  }
}

/**
 * Whether only the hub's operator gives such a command: it is about what no single huvudman owns. Whom an answer joins may be another
 * huvudman's, and a separation names a person by the hub's own id, which nobody else has.
 */
export function isOperatorsAlone(command: Command): boolean {
  switch (command.name) {
    case 'answer':
      return command.answer === 'same-person';
    case 'separate':
    case 'erase':
    case 'replay':
    case 'retry':
      return true;
  }
}

/** What a replay is of. */
export function replayOf({ of = 'register' }: ReplayCommand): Replayed {
  return of;
}

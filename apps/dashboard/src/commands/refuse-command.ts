import { isOperatorsAlone, type Command } from '#canonical';
import { PROBLEMS, Problem, defineProblems, type Principal } from '#runtime';

const MAY_BE_PROTECTED = 'question/changed-number/';

const COMMAND_PROBLEMS = defineProblems({
  'authentication-too-weak': {
    status: 403,
    title: 'The log-in is not strong enough for a command',
    detail: 'Log in again by one of the ways that acrValuesAccepted names, and give the command.',
  },
});

export interface CommandRules {
  /** The values of `acr` of which a command's token must have one; empty: none is demanded. */
  readonly acrValues: readonly string[];
}

/**
 * Why the door does not take a command from this caller. Of an answer it cannot tell whose question it is, nor whether there is one:
 * normalise can, and refuses it there.
 */
export function refuseCommand(
  command: Command,
  actor: Pick<Principal, 'acr' | 'huvudman' | 'scopes'>,
  { acrValues }: CommandRules,
): Problem | undefined {
  if (acrValues.length > 0 && !acrValues.includes(actor.acr ?? '')) return tooWeak(acrValues);
  if (needsProtected(command) && !actor.scopes.includes('admin:protected')) {
    const detail =
      'This question may be about a protected identity: the scope admin:protected is needed.';
    return new Problem(PROBLEMS.forbidden, { detail });
  }
  const isRefused = actor.huvudman !== undefined && isOperatorsAlone(command);
  return isRefused ? new Problem(PROBLEMS['operator-only']) : undefined;
}

/** Whoever answers whether a changed number is a new protected identity must be authorised for protected data (design §5). */
function needsProtected(command: Command): boolean {
  return command.name === 'answer' && command.question.startsWith(MAY_BE_PROTECTED);
}

/** The challenge of RFC 9470 §3; 403 where its example has 401, since the token is good, and good enough for other routes. */
function tooWeak(acrValues: readonly string[]): Problem {
  return new Problem(COMMAND_PROBLEMS['authentication-too-weak'], {
    members: { acrValuesAccepted: acrValues },
    headers: {
      'www-authenticate': `Bearer realm="elevnav", error="insufficient_user_authentication", acr_values="${acrValues.join(' ')}"`,
    },
  });
}

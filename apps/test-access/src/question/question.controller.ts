import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { isBusy, isLostRace } from '#database';
import {
  CurrentPrincipal,
  Log,
  Metrics,
  PROBLEMS,
  Problem,
  Scopes,
  type CounterHandle,
  type Principal,
} from '#runtime';
import { HuvudmanKeys, Stage } from '#stage';
import { answerQuestion, type AccessAnswer } from './answer-question.js';
import { QuestionLimits } from './question-limits.js';
import { QuestionStore } from './question.store.js';
import { readQuestion } from './read-question.js';

/** May somebody who logs in with this EPPN come in? For the log-in side of a test service. */
@Controller('v1/access/questions')
@Scopes('access:ask')
export class QuestionController {
  private readonly answered: CounterHandle<'answer'>;

  constructor(
    private readonly store: QuestionStore,
    private readonly limits: QuestionLimits,
    private readonly stage: Stage,
    private readonly keys: HuvudmanKeys,
    private readonly log: Log,
    metrics: Metrics,
  ) {
    this.answered = metrics.counter(
      'elevnav_access_questions_total',
      'Questions of the log-in side, by answer: allowed or refused.',
      ['answer'],
    );
  }

  /**
   * `{"eppn": "…"}` → 200 `{ "allowed", "why", "entries" }`. An EPPN that nobody has and one whose holder may not come in are answered
   * alike, by the same work: only entries that are usable now are found by their EPPN at all, and each question is told in the audit
   * before it is answered.
   */
  @Post()
  @HttpCode(200)
  ask(@Body() body: unknown, @CurrentPrincipal() actor: Principal): Promise<AccessAnswer> {
    return this.limits.within(actor.clientId, async () => {
      const eppn = readQuestion(body);
      try {
        return await this.answer(eppn, actor);
      } catch (error) {
        if (!isBusy(error) && !isLostRace(error)) throw error;
        throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 1, cause: error });
      }
    });
  }

  private async answer(eppn: string, actor: Principal): Promise<AccessAnswer> {
    const { huvudman } = actor;
    const about = this.stage.audit.digestOf(`eppn ${eppn.toLowerCase()}`);
    const holders = await this.store.holders(eppn, huvudman);
    const { answer, person, isAmbiguous } = answerQuestion(eppn, holders, {
      huvudman,
      publicId: (id, hubId) => this.keys.personId(id, hubId),
    });
    if (isAmbiguous) {
      const subjects = holders.map((holder) => holder.person);
      this.log.warn(SAYS_AMBIGUOUS, { subjects });
    }
    const outcome = answer.allowed ? 'allowed' : 'refused';
    await this.stage.audit.write({
      actor,
      action: 'access.asked',
      about: person ?? about,
      outcome,
    });
    this.answered.add(1, { answer: outcome });
    return answer;
  }
}

const SAYS_AMBIGUOUS =
  'Several persons have entries with one EPPN, and no source says whose it is; nobody is let in by it until one does';

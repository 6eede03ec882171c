import { Controller, Get } from '@nestjs/common';
import { ANSWERS } from '#canonical';
import { CurrentPrincipal, Scopes, type Principal } from '#runtime';
import { Stage } from '#stage';
import { openQuestions, type OpenQuestion } from './answer.store.js';

const QUESTIONS_MAX = 500;
const NONE = '';
/** A personnummer that became another may be a new protected identity: only who is authorised for protected data sees that it is asked. */
const MAY_BE_PROTECTED = 'question/changed-number/%';

/** What is asked, in words, and what an administrator should choose when nothing speaks against it. */
const WORDS = {
  unlike: {
    asks: 'A number that is known came with another name or birth date. Is it the same person?',
    otherwise: 'reject',
  },
  'two-persons': {
    asks: 'Two records of persons now state one number. Are they one person?',
    otherwise: 'different-persons',
  },
  'changed-number': {
    asks: 'A personnummer has become another. Is it the same person? It may be a new protected identity.',
    otherwise: 'different-persons',
  },
} as const;

interface AskedQuestion extends OpenQuestion {
  readonly asks: string;
  readonly answers: readonly string[];
  readonly default: string;
}

/** Contradictions about who is who that wait for a human, oldest first. Answers are given as commands, to the dashboard. */
@Controller('v1/questions')
export class QuestionsController {
  constructor(private readonly stage: Stage) {}

  @Get()
  @Scopes('admin:read')
  async list(@CurrentPrincipal() actor: Principal): Promise<{ questions: AskedQuestion[] }> {
    const isAuthorised = actor.scopes.includes('admin:protected');
    const open = await openQuestions(
      this.stage,
      QUESTIONS_MAX,
      isAuthorised ? NONE : MAY_BE_PROTECTED,
    );
    await this.stage.audit.write({
      actor,
      action: 'question.read',
      about: 'open',
      outcome: 'done',
    });
    return {
      questions: open.map((question) => {
        const [, kind] = question.question.split('/') as [string, keyof typeof WORDS];
        const { asks, otherwise } = WORDS[kind];
        return { ...question, asks, answers: ANSWERS, default: otherwise };
      }),
    };
  }
}

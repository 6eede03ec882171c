import { Injectable } from '@nestjs/common';
import { ClientBuckets, Problem, PROBLEMS } from '#runtime';
import { TestAccessConfig } from '../test-access.config.js';

/** How many questions this process answers at once, and each client asks a second. */
@Injectable()
export class QuestionLimits {
  private readonly buckets: ClientBuckets;
  private underWay = 0;

  constructor(private readonly config: TestAccessConfig) {
    this.buckets = new ClientBuckets({
      perSecond: config.clientQuestionsPerSecond,
      burst: config.clientQuestionsBurst,
    });
  }

  /** @throws Problem 429 when the client, 503 when the process has enough to do. */
  async within<T>(clientId: string, work: () => Promise<T>): Promise<T> {
    if (this.underWay >= this.config.questionsMax) {
      throw new Problem(PROBLEMS.unavailable, { retryAfterSeconds: 1 });
    }
    const seconds = this.buckets.secondsUntil(clientId, 1);
    if (seconds > 0) {
      throw new Problem(PROBLEMS['too-many-requests'], {
        detail: `A client may ask ${this.config.clientQuestionsPerSecond} questions a second in the long run.`,
        retryAfterSeconds: seconds,
      });
    }
    this.buckets.take(clientId, 1);
    this.underWay += 1;
    try {
      return await work();
    } finally {
      this.underWay -= 1;
    }
  }
}

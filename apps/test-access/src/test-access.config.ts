import { IsInt, Max, Min } from 'class-validator';
import { Setting } from '#runtime';

export class TestAccessConfig {
  @Setting('SCHEDULE_INTERVAL_MS', {
    default: 15_000,
    description: 'how often it is looked whose access changes by time alone, in milliseconds',
  })
  @IsInt()
  @Min(100)
  @Max(600_000)
  scheduleIntervalMs: number;

  @Setting('ACCESS_QUESTIONS_MAX', {
    default: 64,
    description: 'how many questions of the log-in side this process answers at once; more get 503',
  })
  @IsInt()
  @Min(1)
  @Max(10_000)
  questionsMax: number;

  @Setting('ACCESS_CLIENT_QUESTIONS_PER_SECOND', {
    default: 200,
    description: 'how many questions a second one client may ask in the long run; more get 429',
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  clientQuestionsPerSecond: number;

  @Setting('ACCESS_CLIENT_QUESTIONS_BURST', {
    default: 1_000,
    description: 'how many questions one client may ask at once after a rest',
  })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  clientQuestionsBurst: number;

  @Setting('ACCESS_REPLAY_PER_SECOND', {
    default: 500,
    description: 'how many persons a second a replay of access passes, at most',
  })
  @IsInt()
  @Min(10)
  @Max(20_000)
  replayPerSecond: number;
}

import { IsInt, Max, Min } from 'class-validator';
import { Setting } from '#runtime';

export class PublishConfig {
  @Setting('FEED_WAITERS_MAX', {
    description: 'how many readers of the feed may wait for news at once',
    default: 2_000,
  })
  @IsInt()
  @Min(1)
  @Max(100_000)
  feedWaitersMax: number;

  @Setting('FEED_LOOK_INTERVAL_MS', {
    description: 'how often it is looked whether there is news for those who wait, in milliseconds',
    default: 100,
  })
  @IsInt()
  @Min(10)
  @Max(5_000)
  feedLookIntervalMs: number;
}

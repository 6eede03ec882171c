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
}

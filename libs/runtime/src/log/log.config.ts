import { IsIn } from 'class-validator';
import { Setting } from '../config/setting.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export class LogConfig {
  @Setting('LOG_LEVEL', {
    description: `the least level of the lines to write: ${LOG_LEVELS.join(', ')}`,
    default: 'info',
  })
  @IsIn(LOG_LEVELS)
  level: LogLevel;
}

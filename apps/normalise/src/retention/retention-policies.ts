import { Injectable } from '@nestjs/common';
import { type RetentionSetting, stockholmDay } from '#canonical';
import { Settings } from '#stage';
import { keptDays, keptDaysMin, type RetentionRules } from './judge-retention.js';

const DAY_MS = 86_400_000;

/** How long a huvudman keeps somebody who is dormant, as it is in force. */
export interface RetentionPolicy {
  readonly huvudman: string;
  readonly dormantDays: number;
}

/** The retention as administrators have written it, with the defaults where they have not. */
@Injectable()
export class RetentionPolicies {
  constructor(private readonly settings: Settings) {}

  get setting(): Required<RetentionSetting> {
    return this.settings.retention();
  }

  at(now: Date): RetentionRules {
    return {
      now,
      today: stockholmDay(now),
      dormantDays: this.setting.dormantDays,
      dormantDaysOf: (huvudman) => this.settings.huvudman(huvudman)?.retention?.dormantDays,
      policyOf: (huvudman) => this.settings.policy(huvudman),
      calendars: this.settings.calendars(),
    };
  }

  /** Whoever became dormant later need not be looked at. */
  dormantBefore(rules: RetentionRules): Date {
    const days = keptDaysMin(rules, this.huvudmen());
    return new Date(rules.now.getTime() - days * DAY_MS);
  }

  inForce(rules: RetentionRules): RetentionPolicy[] {
    return this.huvudmen().map((huvudman) => {
      return { huvudman, dormantDays: keptDays(huvudman, rules) };
    });
  }

  private huvudmen(): string[] {
    return this.settings
      .huvudmen()
      .map(({ id }) => id)
      .sort();
  }
}

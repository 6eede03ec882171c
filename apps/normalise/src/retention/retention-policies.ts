import { Injectable } from '@nestjs/common';
import { type RetentionSetting, stockholmDay } from '#canonical';
import { Settings } from '#stage';
import { presenceKeptFrom } from './presence-days.js';
import type { PresenceLimit } from './presence.store.js';
import { keptDays, keptDaysMin, type RetentionRules } from './judge-retention.js';

const DAY_MS = 86_400_000;

/** What a huvudman keeps for how long, as it is in force. */
export interface RetentionPolicy {
  readonly huvudman: string;
  /** Somebody who is dormant. */
  readonly dormantDays: number;
  /** How long it keeps a report of presence after its last day. */
  readonly presenceDays: number;
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

  /** From which day on the reports of presence of each source are kept. */
  presence({ today }: RetentionRules): PresenceLimit[] {
    return this.settings.sources().flatMap(({ id: source, huvudman }) => {
      if (huvudman === null) return [];
      return [{ source, keptFrom: presenceKeptFrom(huvudman, today, this.settings) }];
    });
  }

  inForce(rules: RetentionRules): RetentionPolicy[] {
    return this.huvudmen().map((huvudman) => {
      const own = this.settings.huvudman(huvudman)?.retention?.presenceDays;
      const presenceDays = own ?? this.setting.presenceDays;
      return { huvudman, dormantDays: keptDays(huvudman, rules), presenceDays };
    });
  }

  private huvudmen(): string[] {
    return this.settings
      .huvudmen()
      .map(({ id }) => id)
      .sort();
  }
}

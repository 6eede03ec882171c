import {
  DEFAULT_ACCESS_POLICY,
  DEFAULT_RETENTION,
  SCHEMAS,
  settingKey,
  type AccessPolicy,
  type CalendarSetting,
  type HuvudmanSetting,
  type RetentionSetting,
  type Setting,
  type SourceSetting,
} from '#canonical';
import { CompactedTopic, type KafkaConnection } from '#kafka';
import type { Log } from '#runtime';

export type SettingListener = (setting: Setting | undefined, key: string) => void;

/** What administrators decided, as `admin.settings` tells it: a copy in memory, whole before any handler runs. */
export class Settings {
  private readonly byKey = new Map<string, Setting>();
  private readonly policies = new Map<string, AccessPolicy>();
  private readonly listeners = new Set<SettingListener>();
  private readonly topic: CompactedTopic;
  private versionNow = 0;

  constructor(
    connection: KafkaConnection,
    clientId: string,
    private readonly log: Log,
  ) {
    this.topic = new CompactedTopic(connection, {
      topic: 'admin.settings',
      clientId,
      onRecord: (key, value) => this.take(key, value),
      onLog: (level, says) => log[level](says),
    });
  }

  async start(): Promise<void> {
    await this.topic.start();
  }

  async stop(): Promise<void> {
    await this.topic.stop();
  }

  /** Grows with every change. */
  get version(): number {
    return this.versionNow;
  }

  huvudman(id: string): HuvudmanSetting | undefined {
    return this.byKey.get(`huvudman/${id}`) as HuvudmanSetting | undefined;
  }

  source(id: string): SourceSetting | undefined {
    return this.byKey.get(`source/${id}`) as SourceSetting | undefined;
  }

  huvudmen(): HuvudmanSetting[] {
    return this.all().filter((setting) => setting.kind === 'huvudman');
  }

  sources(): SourceSetting[] {
    return this.all().filter((setting) => setting.kind === 'source');
  }

  calendars(): CalendarSetting[] {
    return this.all().filter((setting) => setting.kind === 'calendar');
  }

  all(): Setting[] {
    return [...this.byKey.values()];
  }

  /** The policy of a huvudman: its own words, and design §6 where it has said nothing. */
  policy(huvudman: string): AccessPolicy {
    let policy = this.policies.get(huvudman);
    if (!policy) {
      policy = { ...DEFAULT_ACCESS_POLICY, ...this.huvudman(huvudman)?.policy };
      this.policies.set(huvudman, policy);
    }
    return policy;
  }

  /** How long the register keeps what nobody asserts any more: as written, and a dry run where nothing is. */
  retention(): Required<RetentionSetting> {
    const key = settingKey(DEFAULT_RETENTION);
    return { ...DEFAULT_RETENTION, ...(this.byKey.get(key) as RetentionSetting | undefined) };
  }

  /** Calls the listener for every change from now on. @returns a function that ends this. */
  onChange(listener: SettingListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private take(key: string, value: Buffer | null): void {
    const setting = value === null ? undefined : this.parse(key, value);
    if (value !== null && !setting) return;
    if (setting) this.byKey.set(key, setting);
    else this.byKey.delete(key);
    this.policies.clear();
    this.versionNow++;
    for (const listener of this.listeners) listener(setting, key);
  }

  private parse(key: string, value: Buffer): Setting | undefined {
    let data: unknown;
    try {
      data = JSON.parse(value.toString('utf8'));
    } catch {
      data = undefined;
    }
    if (SCHEMAS.setting.check(data) && settingKey(data) === key) return data;
    this.log.error('A setting is not of its shape and is left aside; write it again', { key });
    return undefined;
  }
}

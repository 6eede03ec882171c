import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { huvudmanTopic } from '#canonical';
import { KafkaBusy, KafkaConnection } from '#kafka';
import { Log } from '#runtime';
import { Settings } from '#stage';

/** A cluster without an authorizer has no rules to add to: everyone with credentials may read everything there. */
const WITHOUT_AUTHORIZER = 'SECURITY_DISABLED';

/**
 * Each huvudman's topic, made when its setting appears, and the right of its own clients to read it: that topic only, in consumer
 * groups whose ids begin with `huvudman.<id>.`.
 */
@Injectable()
export class SubscriberTopics implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly made = new Set<string>();
  private readonly allowed = new Set<string>();
  private ending: (() => void) | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly kafka: KafkaConnection,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const follow = (): void => {
      this.open(this.settings.huvudmen().map(({ id }) => id)).catch((error: unknown) => {
        // The next event to a huvudman tries again before it is sent, and so does the next setting.
        this.log.failure('A huvudman’s topic could not be made yet', error, {}, 'warn');
      });
    };
    this.ending = this.settings.onChange(follow);
    follow();
  }

  onModuleDestroy(): void {
    this.ending?.();
  }

  /**
   * Resolves when these huvudmän have their topics; called before anything is sent to them.
   *
   * @throws KafkaBusy when they cannot be made now: what waits for them must wait.
   */
  async ensure(huvudmen: readonly string[]): Promise<void> {
    const missing = huvudmen.filter((id) => !this.made.has(id));
    if (missing.length === 0) return;
    await this.kafka.ensureTopics(missing.map(huvudmanTopic)).catch((cause: unknown) => {
      throw new KafkaBusy('Kafka could not make a huvudman’s topic; it is tried again.', { cause });
    });
    for (const id of missing) this.made.add(id);
  }

  private async open(huvudmen: readonly string[]): Promise<void> {
    await this.ensure(huvudmen);
    for (const id of huvudmen) {
      for (const client of this.settings.huvudman(id)?.subscriberClients ?? []) {
        await this.allow(id, client);
      }
    }
  }

  private async allow(huvudman: string, client: string): Promise<void> {
    const rule = `${huvudman} ${client}`;
    if (this.allowed.has(rule)) return;
    try {
      await this.kafka.allowReading(client, huvudmanTopic(huvudman), `huvudman.${huvudman}.`);
    } catch (error) {
      if ((error as { type?: unknown }).type !== WITHOUT_AUTHORIZER) throw error;
    }
    this.allowed.add(rule);
  }
}

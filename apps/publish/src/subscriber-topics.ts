import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { huvudmanTopic } from '#canonical';
import { KafkaBusy, KafkaConnection } from '#kafka';
import { Log } from '#runtime';
import { Settings } from '#stage';

/** Each huvudman's topic, made when its setting appears. Who may read it: subscriber-rights.schedule.ts. */
@Injectable()
export class SubscriberTopics implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly made = new Set<string>();
  private ending: (() => void) | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly kafka: KafkaConnection,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const follow = (): void => {
      this.ensure(this.settings.huvudmen().map(({ id }) => id)).catch((error: unknown) => {
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
}

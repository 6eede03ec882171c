import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { huvudmanGroupPrefix, huvudmanTopic } from '#canonical';
import { KafkaConnection, ReadingRights, type ReadingRight } from '#kafka';
import { Log, PeriodicTasks, Shutdown, type PeriodicTask } from '#runtime';
import { Settings } from '#stage';

/** What has not been done is tried again this often; otherwise only a setting is a reason to look. */
const EVERY_MS = 15_000;

/** Of every huvudman, also of one whose setting is gone. */
const OWN_RULES = {
  topics: /^huvudman\.[a-z0-9]{8,32}\.events$/,
  groupPrefixes: /^huvudman\.[a-z0-9]{8,32}\.$/,
};

/**
 * The right of each huvudman's own clients to read its topic in Kafka: that topic only, in consumer groups whose ids begin with
 * `huvudman.<id>.`. It follows the settings both ways: a client that is taken out of `subscriberClients` is refused at its next request,
 * and so are all clients of a huvudman whose setting is taken out. Nothing on the path of events waits for it.
 */
@Injectable()
export class SubscriberRightsSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly rights: ReadingRights;
  private readonly task: PeriodicTask;
  private isDue = true;
  private ending: (() => void) | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly shutdown: Shutdown,
    private readonly log: Log,
    kafka: KafkaConnection,
    tasks: PeriodicTasks,
  ) {
    this.rights = new ReadingRights(kafka, OWN_RULES);
    this.task = tasks.add({
      name: 'publish.subscriber-rights',
      everyMs: EVERY_MS,
      isAtStart: true,
      run: () => this.run(),
      failure: 'Who may read huvudmän’s topics could not be brought to what the settings say',
    });
  }

  onApplicationBootstrap(): void {
    this.ending = this.settings.onChange((_setting, key) => {
      if (!key.startsWith('huvudman/')) return;
      this.isDue = true;
      void this.task.tick();
    });
  }

  onModuleDestroy(): void {
    this.ending?.();
  }

  /** A setting that changes while the broker is asked is a reason to ask once more. */
  private async run(): Promise<void> {
    while (this.isDue && !this.shutdown.isClosing) {
      this.isDue = false;
      try {
        await this.follow();
      } catch (error) {
        this.isDue = true;
        throw error;
      }
    }
  }

  private async follow(): Promise<void> {
    const startedMs = performance.now();
    const { given, withdrawn } = await this.rights.follow(() => this.wanted());
    if (given.length + withdrawn.length === 0) return;
    this.log.line({
      outcome: 'done',
      what: 'rules of who may read huvudmän’s topics',
      given: given.length,
      withdrawn: withdrawn.length,
      durationMs: Math.round(performance.now() - startedMs),
    });
  }

  private wanted(): ReadingRight[] {
    return this.settings.huvudmen().flatMap(({ id, subscriberClients }) =>
      subscriberClients.map((clientId) => ({
        clientId,
        topic: huvudmanTopic(id),
        groupPrefix: huvudmanGroupPrefix(id),
      })),
    );
  }
}

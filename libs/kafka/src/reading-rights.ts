import type { AclEntry, AclFilter } from 'kafkajs';
import { whenAnswered } from './kafka-busy.js';
import type { KafkaConnection } from './kafka-connection.js';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
} from './kafkajs/kafkajs.js';

/** One client id's right to read one topic, in consumer groups whose ids begin with `groupPrefix`. */
export interface ReadingRight {
  readonly clientId: string;
  readonly topic: string;
  readonly groupPrefix: string;
}

/** Which rules are ours to make and to take away, by our names of topics and of groups' beginnings; no other is touched. */
export interface OwnRules {
  readonly topics: RegExp;
  readonly groupPrefixes: RegExp;
}

/** What was done, in rules. */
export interface ChangedRights {
  readonly given: readonly AclEntry[];
  readonly withdrawn: readonly AclEntry[];
}

/** A cluster without an authorizer has no rules: everyone with credentials may read everything there. */
const WITHOUT_AUTHORIZER = 'SECURITY_DISABLED';
/** A controller takes some ten thousand rules in one request. */
const RULES_MAX = 1_000;
const EVERY_HOST = '*';

const { TOPIC, GROUP } = AclResourceTypes;
const { LITERAL, PREFIXED } = ResourcePatternTypes;
const { ANY, READ, DESCRIBE } = AclOperationTypes;
const { ALLOW } = AclPermissionTypes;

/**
 * Who may read which topics, on the broker: brought to exactly what is wanted, whoever made the rules that are there. A rule counts
 * if it is of the shape that we make: it allows, from every host, to read or describe one topic by its whole name, or to read groups by
 * the beginning of their ids. Others on the same topics, for instance of an operator's own tools, stay.
 */
export class ReadingRights {
  /** A broker may tell of a rule that was just made a moment late; what we made is known here. */
  private made: readonly AclEntry[] = [];

  constructor(
    private readonly connection: KafkaConnection,
    private readonly own: OwnRules,
  ) {}

  /**
   * Makes the rules that are missing and deletes those that are too many, these first. Harmless to repeat, and without effect on a
   * cluster that has no authorizer.
   *
   * @param wanted is asked once the broker has said what is there, so that its answer is not the older of the two
   */
  async follow(wanted: () => readonly ReadingRight[]): Promise<ChangedRights> {
    const present = await this.present().catch((error: unknown) => {
      if ((error as { type?: unknown }).type === WITHOUT_AUTHORIZER) return undefined;
      throw error;
    });
    if (present === undefined) return { given: [], withdrawn: [] };
    const rules = wanted().flatMap((right) => this.rulesOf(right));
    const missing = withoutThese(rules, present);
    const surplus = withoutThese([...present, ...this.made.filter((rule) => this.isOwn(rule))], rules); // prettier-ignore
    // Of a request that fails nobody knows how much was done.
    this.made = [...this.made, ...missing];
    const admin = await this.connection.admin();
    for (const filters of inParts(surplus)) await whenAnswered(admin.deleteAcls({ filters }));
    for (const acl of inParts(missing)) await whenAnswered(admin.createAcls({ acl }));
    this.made = rules;
    return { given: missing, withdrawn: surplus };
  }

  /** The rules of our shape on topics and groups of ours, but for those of the hub's own user. */
  private async present(): Promise<AclEntry[]> {
    const admin = await this.connection.admin();
    const shape = { host: EVERY_HOST, operation: ANY, permissionType: ALLOW };
    const asked: AclFilter[] = [
      { ...shape, resourceType: TOPIC, resourcePatternType: LITERAL },
      { ...shape, resourceType: GROUP, resourcePatternType: PREFIXED },
    ];
    const answers = await Promise.all(asked.map((one) => whenAnswered(admin.describeAcls(one))));
    return answers
      .flatMap(({ resources }) => resources)
      .flatMap(({ acls, ...resource }) => acls.map((acl) => ({ ...resource, ...acl })))
      .filter((rule) => this.isOwn(rule));
  }

  private isOwn({ resourceType, resourceName, operation, principal }: AclEntry): boolean {
    const name = this.connection.ours(resourceName);
    // Of another hub on the same cluster, whose names have another prefix or none.
    if (this.connection.wire(name) !== resourceName) return false;
    if (principal === `User:${this.connection.options.username}`) return false;
    return resourceType === GROUP
      ? operation === READ && this.own.groupPrefixes.test(name)
      : (operation === READ || operation === DESCRIBE) && this.own.topics.test(name);
  }

  private rulesOf({ clientId, topic, groupPrefix }: ReadingRight): AclEntry[] {
    const who = { principal: `User:${clientId}`, host: EVERY_HOST, permissionType: ALLOW };
    const onTopic = {
      ...who,
      resourceType: TOPIC,
      resourceName: this.connection.wire(topic),
      resourcePatternType: LITERAL,
    };
    const onGroups = {
      ...who,
      resourceType: GROUP,
      resourceName: this.connection.wire(groupPrefix),
      resourcePatternType: PREFIXED,
    };
    return [
      { ...onTopic, operation: READ },
      { ...onTopic, operation: DESCRIBE },
      { ...onGroups, operation: READ },
    ];
  }
}

/** The rules that are not among the others, each once. */
function withoutThese(rules: readonly AclEntry[], others: readonly AclEntry[]): AclEntry[] {
  const left = new Map(rules.map((rule) => [keyOf(rule), rule]));
  for (const rule of others) left.delete(keyOf(rule));
  return [...left.values()];
}

function keyOf(rule: AclEntry): string {
  const { resourceType, resourcePatternType, operation, resourceName, principal } = rule;
  return JSON.stringify([resourceType, resourcePatternType, operation, resourceName, principal]);
}

function inParts(rules: readonly AclEntry[]): AclEntry[][] {
  return Array.from({ length: Math.ceil(rules.length / RULES_MAX) }, (_, part) =>
    rules.slice(part * RULES_MAX, (part + 1) * RULES_MAX),
  );
}

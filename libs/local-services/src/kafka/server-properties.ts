import { randomBytes } from 'node:crypto';

/** The one user of the inner listeners; no issuer client may carry this name, which would make it a super user. */
export const superUser = 'elevnav';

/** What a Kafka node of Elevnav is configured from. */
export interface ServerPropertiesInput {
  ports: { kafka: number; kafkaClients: number; kafkaController: number };
  /** The port that the inner listener tells callers to use; default its own. */
  advertisedPort?: number;
  /** Where to listen: 127.0.0.1 on this machine, 0.0.0.0 inside a container whose ports are published on loopback. */
  listenHost: string;
  dataFolder: string;
  /** Of the super user; URL-safe characters only, since it stands in a JAAS string. */
  password: string;
  /** Without an issuer there is no listener for clients. `jwksUrl` is as the broker sees it. */
  issuer?: { url: string; jwksUrl: string; audience: string };
}

const mebibyte = 1024 * 1024;

/**
 * server.properties of a single KRaft node: broker and controller in one, nothing is allowed
 * without an ACL, all three listeners ask who is there. INTERNAL and CONTROLLER know the super user
 * only; on CLIENTS the principal is the token's `client_id`.
 */
export function serverProperties(input: ServerPropertiesInput): string {
  const properties = { ...listeners(input), ...internalUser(input), ...clients(input), ...limits };
  const lines = Object.entries({ 'log.dirs': input.dataFolder, ...properties });
  return `${lines.map(([key, value]) => `${key}=${String(value)}`).join('\n')}\n`;
}

function listeners({ ports, advertisedPort, listenHost, issuer }: ServerPropertiesInput) {
  const all: [string, number][] = [
    ['INTERNAL', ports.kafka],
    ...(issuer ? [['CLIENTS', ports.kafkaClients] satisfies [string, number]] : []),
    ['CONTROLLER', ports.kafkaController],
  ];
  const list = (host: string, replaced: Readonly<Record<string, number>> = {}) =>
    all.map(([name, port]) => `${name}://${host}:${replaced[name] ?? port}`).join(',');
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.kafkaController}`,
    listeners: list(listenHost),
    'advertised.listeners': list(
      '127.0.0.1',
      advertisedPort === undefined ? {} : { INTERNAL: advertisedPort },
    ),
    'listener.security.protocol.map': all.map(([name]) => `${name}:SASL_PLAINTEXT`).join(','),
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
  };
}

function internalUser({ password }: ServerPropertiesInput) {
  const login = `org.apache.kafka.common.security.plain.PlainLoginModule required username="${superUser}" password="${password}" user_${superUser}="${password}";`;
  return {
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.internal.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.internal.plain.sasl.jaas.config': login,
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': login,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': `User:${superUser}`,
    'allow.everyone.if.no.acl.found': false,
  };
}

function clients({ issuer }: ServerPropertiesInput): Record<string, string | number> {
  if (issuer === undefined) return {};
  return {
    'listener.name.clients.sasl.enabled.mechanisms': 'OAUTHBEARER',
    'listener.name.clients.oauthbearer.sasl.jaas.config':
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;',
    'listener.name.clients.oauthbearer.sasl.server.callback.handler.class':
      'org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallbackHandler',
    // An expired token ends the connection unless the client has shown a new one (KIP-368; kafkajs does).
    'listener.name.clients.oauthbearer.connections.max.reauth.ms': 600_000,
    'sasl.oauthbearer.jwks.endpoint.url': issuer.jwksUrl,
    'sasl.oauthbearer.expected.issuer': issuer.url,
    'sasl.oauthbearer.expected.audience': issuer.audience,
    'sasl.oauthbearer.sub.claim.name': 'client_id',
  };
}

const limits = {
  'auto.create.topics.enable': false,
  'num.partitions': 1,
  'offsets.topic.num.partitions': 8,
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.num.partitions': 2,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'share.coordinator.state.topic.num.partitions': 1,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  // Long enough for the members of one process to join in one round, short enough not to be felt at start.
  'group.initial.rebalance.delay.ms': 100,
  'message.max.bytes': 4 * mebibyte,
  'replica.fetch.max.bytes': 4 * mebibyte,
  'socket.request.max.bytes': 32 * mebibyte,
  'log.segment.bytes': 128 * mebibyte,
  'log.cleaner.threads': 1,
  'log.cleaner.dedupe.buffer.size': 16 * mebibyte,
  'num.network.threads': 2,
  'num.io.threads': 4,
  // A killed broker may register again only once its old session is over; the default is 9 s.
  'broker.session.timeout.ms': 5_000,
  'broker.heartbeat.interval.ms': 1_000,
};

/** A Kafka cluster id: 128 random bits in base64url. One that began with "-" would be read as an option. */
export function newClusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? newClusterId() : id;
}

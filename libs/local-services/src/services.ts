/** The three services that Elevnav needs outside itself. */
export type ServiceName = 'kafka' | 'postgres' | 'issuer';

/** How a service was found: given by an environment variable, in a Docker engine, or started here. */
export type Way = 'env' | 'docker' | 'local';

/** Says in one sentence what is being done, for a person who waits. */
export type Progress = (sentence: string) => void;

/** A machine that may ask for tokens. `scopes` are all it may ever ask for, and what it gets if it asks for none. */
export interface IssuerClient {
  clientId: string;
  clientSecret: string;
  scopes: string[];
  /** Further claims of its tokens: what an issuer that logs people in would say of them. */
  claims?: Record<string, string>;
}

/**
 * A running Kafka. `kill`, `stop` and `start` reject with `not-ours` when the environment gave it.
 * Addresses stay the same over `stop` and `start`.
 */
export interface KafkaService {
  how: Way;
  /** Comma-separated addresses of the listener for our own stages (SASL PLAIN when `username` is set). */
  brokers: string;
  username?: string;
  password?: string;
  /** Addresses of the listener for vendors and subscribers (SASL OAUTHBEARER with the issuer's tokens). */
  clientBrokers?: string;
  /** The process id on this machine; undefined while stopped and when Kafka runs elsewhere. */
  pid(): number | undefined;
  /** SIGKILL, as when the machine loses power. Resolves once the process is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves once Kafka answers. Does nothing when it already runs. */
  start(): Promise<void>;
}

/** A running PostgreSQL. All but `url` reject with `not-ours` when the environment gave it. */
export interface PostgresService {
  how: Way;
  /** Connection URL of a database whose role may create further databases. */
  url: string;
  /** 'fast' (default) ends sessions and writes a checkpoint; 'immediate' is a crash, mended at the next start. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Resolves once PostgreSQL answers. Does nothing when it already runs. */
  start(): Promise<void>;
  /** Copies the whole data folder to `to`, which must not exist. Rejects with `still-running` until stopped. */
  copyData(to: string): Promise<void>;
  /** Puts a copy made by `copyData` in the place of the data folder. Rejects with `still-running` until stopped. */
  restoreData(from: string): Promise<void>;
}

/** An OpenID issuer of JWT access tokens by client credentials (RFC 6749 §4.4, RFC 9068). */
export interface IssuerService {
  how: 'env' | 'local';
  url: string;
  /** What `aud` must be in a token meant for Elevnav. */
  audience: string;
  /** Where the public keys lie (RFC 7517). */
  jwksUrl: string;
  /** Adds a client or replaces the one with the same id; valid for the very next token request. */
  registerClient(client: IssuerClient): Promise<void>;
  stop(): Promise<void>;
}

/** What `startLocalServices` found or started. Asking for a service that was not needed throws `not-asked-for`. */
export interface LocalServices {
  readonly kafka: KafkaService;
  readonly postgres: PostgresService;
  readonly issuer: IssuerService;
  /** What the stages' configuration reads, by variable name. */
  readonly environment: Record<string, string>;
  /** Stops what was started here, the last first, and leaves what was found. */
  stop(): Promise<void>;
}

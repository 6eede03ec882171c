/** Everything that can stop a local service, or who plays on it, from coming up, or a request to one from being met. */
export type LocalServiceErrorCode =
  | 'port-taken'
  | 'port-refused'
  | 'java-missing'
  | 'java-too-old'
  | 'maven-missing'
  | 'download-failed'
  | 'data-half-written'
  | 'data-of-other-version'
  | 'directory-in-use'
  | 'directory-unreachable'
  | 'leftover-process'
  | 'platform-unsupported'
  | 'docker-not-answering'
  | 'docker-failed'
  | 'variable-missing'
  | 'setting-invalid'
  | 'client-invalid'
  | 'not-answering'
  | 'not-ours'
  | 'not-asked-for'
  | 'still-running';

/**
 * A local service cannot do what was asked. The message is one sentence that says what to do;
 * `cause` holds what the operating system or the service said.
 */
export class LocalServiceError extends Error {
  override readonly name = 'LocalServiceError';
  readonly code: LocalServiceErrorCode;

  constructor(code: LocalServiceErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** What the register needs of the hub's keys; `HuvudmanKeys` of the stage library fulfils it. */
export interface RegisterKeys {
  /** HMAC-SHA256 with the key of this purpose. */
  digest(purpose: string, text: string): string;
  newPersonKey(): Buffer;
  seal(wrappedKey: Buffer, personId: string, plaintext: string): Buffer;
  open(wrappedKey: Buffer, personId: string, sealed: Buffer): string;
}

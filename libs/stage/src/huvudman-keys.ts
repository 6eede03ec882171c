import {
  createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes, type KeyObject,
} from 'node:crypto'; // prettier-ignore
import { uuidFromHex } from '#canonical';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PERSON_IDS_KEPT = 100_000;
const DATA_KEYS_KEPT = 20_000;

export interface MasterKey {
  /** Short and stable; it stands in front of every key that this one wraps, so that keys can be changed while running. */
  readonly id: string;
  readonly key: Buffer;
}

export interface HuvudmanKeysOptions {
  /** The first wraps what is new; all of them open what is old. */
  readonly masterKeys: readonly MasterKey[];
  /** The root of all HMAC keys: changing it would change every person's id towards every huvudman. */
  readonly identityKey: Buffer;
}

/**
 * Keys and what is made of them: a huvudman's own ids of persons, digests to find numbers by, and sealed personal details. A person's
 * details are sealed by a key of that person, wrapped by a master key; deleting the key shreds them (design §8).
 */
export class HuvudmanKeys {
  /** As key objects: with one an HMAC costs 2.5 µs, with the bytes 11 µs. */
  private readonly hmacKeys = new Map<string, KeyObject>();
  private readonly personIds = new Map<string, string>();
  private readonly dataKeys = new Map<string, Buffer>();
  private readonly masters: ReadonlyMap<string, Buffer>;

  constructor(private readonly options: HuvudmanKeysOptions) {
    if (options.masterKeys.length === 0) throw new Error('At least one master key is needed.');
    this.masters = new Map(options.masterKeys.map(({ id, key }) => [id, key]));
  }

  /** The id of a person towards one huvudman: stable for it, and of no use to join it with another huvudman's. UUID version 8. */
  personId(huvudman: string, hubId: string): string {
    const known = this.personIds.get(huvudman + hubId);
    if (known) return known;
    const id = uuidFromHex(this.hmac(`person/${huvudman}`, hubId), 8);
    keep(this.personIds, huvudman + hubId, id, PERSON_IDS_KEPT);
    return id;
  }

  /** HMAC-SHA256 in lower-case hex, under a key of its own for each purpose: a digest of one purpose says nothing to another. */
  digest(purpose: string, text: string): string {
    return this.hmac(`digest/${purpose}`, text);
  }

  /** A new data key for a person, wrapped: what is stored. */
  newPersonKey(): Buffer {
    return this.wrap(randomBytes(KEY_BYTES));
  }

  /** What a key begins with that the first master key has wrapped. */
  get wrappedByFirst(): Buffer {
    const name = Buffer.from(this.options.masterKeys[0]!.id, 'utf8');
    return Buffer.concat([Buffer.from([name.length]), name]);
  }

  /** The same data key, wrapped by the first master key: what it sealed is opened as before. */
  rewrap(wrapped: Buffer): Buffer {
    return this.wrap(this.unwrap(wrapped));
  }

  /** Seals a text with a person's key: nonce, tag, ciphertext (AES-256-GCM). The person's id is authenticated with it. */
  seal(wrappedKey: Buffer, personId: string, plaintext: string): Buffer {
    return encrypt(
      this.unwrap(wrappedKey),
      Buffer.from(plaintext, 'utf8'),
      Buffer.from(personId, 'utf8'),
    );
  }

  /** @throws when the key is not this person's, its master key is unknown, or the sealed text was altered. */
  open(wrappedKey: Buffer, personId: string, sealed: Buffer): string {
    return decrypt(this.unwrap(wrappedKey), sealed, Buffer.from(personId, 'utf8')).toString('utf8');
  }

  private wrap(key: Buffer): Buffer {
    const { id, key: master } = this.options.masterKeys[0]!;
    return Buffer.concat([this.wrappedByFirst, encrypt(master, key, Buffer.from(id, 'utf8'))]);
  }

  private unwrap(wrapped: Buffer): Buffer {
    const handle = wrapped.toString('base64');
    const known = this.dataKeys.get(handle);
    if (known) return known;
    const length = wrapped[0] ?? 0;
    const name = wrapped.subarray(1, 1 + length);
    const master = this.masters.get(name.toString('utf8'));
    if (!master)
      throw new Error(`The master key "${name.toString('utf8')}" is not among MASTER_KEYS.`);
    const key = decrypt(master, wrapped.subarray(1 + length), name);
    keep(this.dataKeys, handle, key, DATA_KEYS_KEPT);
    return key;
  }

  private hmac(purpose: string, text: string): string {
    let key = this.hmacKeys.get(purpose);
    if (!key) {
      const bytes = hkdfSync(
        'sha256',
        this.options.identityKey,
        '',
        `elevnav/${purpose}`,
        KEY_BYTES,
      );
      key = createSecretKey(Buffer.from(bytes));
      this.hmacKeys.set(purpose, key);
    }
    return createHmac('sha256', key).update(text, 'utf8').digest('hex');
  }
}

function encrypt(key: Buffer, plaintext: Buffer, authenticated: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(authenticated);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

function decrypt(key: Buffer, sealed: Buffer, authenticated: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(authenticated).setAuthTag(tag);
  return Buffer.concat([
    decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
    decipher.final(),
  ]);
}

/** A cache that forgets its oldest entry. */
function keep<T>(cache: Map<string, T>, name: string, value: T, most: number): void {
  if (cache.size >= most) cache.delete(cache.keys().next().value!);
  cache.set(name, value);
}

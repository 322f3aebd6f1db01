// A push client as docs/push.md describes one, and the reference of what it has to refuse.
import { createHash, createPublicKey, verify } from 'node:crypto';

export interface RevisionMessage {
  readonly type: 'revision';
  readonly environment: string;
  readonly revision: number;
  readonly snapshot: string;
}

export interface KillMessage {
  readonly type: 'kill';
  readonly environment: string;
  readonly revision: number;
  readonly flag: string;
  readonly killed: boolean;
  readonly key_id: string;
  readonly signature: string;
}

export type Message = RevisionMessage | KillMessage;

export interface StreamOptions {
  /** A page's origin. */
  readonly origin?: string;
  /** The revision that the client says it holds. */
  readonly held?: number;
}

/** Node's WebSocket takes headers, which those of browsers do not. */
const HeadedWebSocket = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocket;

/** One connection, and everything that came over it. */
export class Stream {
  readonly messages: Message[] = [];
  /** Times of `performance.now()` at which each message came. */
  readonly times: number[] = [];
  /** Code of the closure. */
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private readonly watchers = new Set<() => void>();
  /** One is sent when the connection opens. */
  private pings = 1;
  private pongs = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => this.take(String(data)));
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
    });
  }

  /** Opens a connection, or rejects when it is not let in. */
  static open(edge: string, key: string, options: StreamOptions = {}): Promise<Stream> {
    const headers: Record<string, string> = {};
    if (options.origin !== undefined) headers.Origin = options.origin;
    const isSecret = key.startsWith('sk_');
    if (isSecret) headers.Authorization = `Bearer ${key}`;
    const query = new URLSearchParams(isSecret ? {} : { key });
    if (options.held !== undefined) query.set('held', `${options.held}`);
    const address = `${edge.replace('http', 'ws')}/v1/stream?${query}`;
    const socket = new HeadedWebSocket(address, { headers });
    const stream = new Stream(socket);
    return new Promise((resolve, reject) => {
      socket.addEventListener('open', () => {
        // workerd on one machine waits 20 seconds to end a connection on which it never heard a
        // message, although the frame that says so arrives at once.
        socket.send('ping');
        resolve(stream);
      });
      socket.addEventListener('error', () => reject(new Error('the connection was not let in')));
    });
  }

  /** The revisions that were told, in order. */
  get revisions(): number[] {
    return this.messages.map(({ revision }) => revision);
  }

  get newest(): number {
    return this.revisions.at(-1) ?? 0;
  }

  /** Says that the client holds a revision. */
  hold(revision: number): void {
    this.socket.send(JSON.stringify({ type: 'held', revision }));
  }

  send(text: string): void {
    this.socket.send(text);
  }

  /** Waits for a message. */
  heard<T extends Message>(
    matches: (message: Message) => message is T,
    withinMs?: number,
  ): Promise<T>;
  heard(matches: (message: Message) => boolean, withinMs?: number): Promise<Message>;
  heard(matches: (message: Message) => boolean, withinMs = 10_000): Promise<Message> {
    return this.until(() => this.messages.find(matches), withinMs);
  }

  /** Waits for this revision or a newer one to be told with its snapshot. */
  reached(revision: number, withinMs = 10_000): Promise<Message> {
    return this.heard((message) => isRevision(message) && message.revision >= revision, withinMs);
  }

  /** Sends a ping and waits for its answer. */
  async ping(): Promise<void> {
    this.pings += 1;
    const pings = this.pings;
    this.socket.send('ping');
    await this.until(() => (this.pongs >= pings ? true : undefined), 5_000);
  }

  close(): void {
    this.socket.close();
  }

  private take(text: string): void {
    if (text === 'pong') {
      this.pongs += 1;
    } else {
      this.messages.push(JSON.parse(text));
      this.times.push(performance.now());
    }
    for (const watcher of this.watchers) watcher();
  }

  private until<T>(look: () => T | undefined, withinMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.watchers.delete(watcher);
        reject(new Error(`not within ${withinMs} ms; heard ${JSON.stringify(this.messages)}`));
      }, withinMs);
      const watcher = () => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(deadline);
        this.watchers.delete(watcher);
        resolve(found);
      };
      this.watchers.add(watcher);
      watcher();
    });
  }
}

export function isRevision(message: Message): message is RevisionMessage {
  return message.type === 'revision';
}

export function isKill(message: Message): message is KillMessage {
  return message.type === 'kill';
}

/** A public key as `GET /v1/keys` shows it. */
export interface PublicKey {
  readonly id: string;
  readonly public_key: string;
}

/** What a client has to know to take or refuse a kill. */
export interface Holder {
  readonly environment: string;
  readonly held: number;
  readonly keys: readonly PublicKey[];
}

/** Why a client does not apply a kill; nothing when it does. */
export function refusal(holder: Holder, kill: KillMessage): string | undefined {
  if (kill.environment !== holder.environment) return 'environment';
  if (kill.revision <= holder.held) return 'old';
  const key = holder.keys.find(({ id }) => id === kill.key_id);
  if (key === undefined) return 'key';
  const fields = [kill.environment, kill.revision, kill.flag, kill.killed ? '1' : '0'];
  const text = Buffer.from(['pennon kill 1', ...fields].join('\n'));
  return verify(null, text, publicKey(key), Buffer.from(kill.signature, 'hex'))
    ? undefined
    : 'signature';
}

/** What an envelope says, after its signature and the hash of its plan were checked. */
export interface Opened {
  readonly environment: string;
  readonly revision: number;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly keyId: string;
}

/** Reads an envelope as docs/plan-format.md describes it; throws where a client refuses it. */
export function openEnvelope(envelope: Buffer, keys: readonly PublicKey[]): Opened {
  if (envelope.subarray(0, 4).toString() !== 'PNV1') throw new Error('format');
  const start = 5 + envelope.readUInt8(4);
  const u64 = (offset: number) => Number(envelope.readBigUInt64LE(start + offset));
  const keyId = envelope.subarray(start + 56, start + 64).toString('hex');
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) throw new Error('key');
  const signature = envelope.subarray(start + 64, start + 128);
  if (!verify(null, envelope.subarray(0, start + 64), publicKey(key), signature)) {
    throw new Error('signature');
  }
  const digest = createHash('sha256')
    .update(envelope.subarray(start + 128))
    .digest();
  if (!digest.equals(envelope.subarray(start + 24, start + 56))) throw new Error('hash');
  return {
    environment: envelope.subarray(5, start).toString(),
    revision: u64(0),
    issuedMs: u64(8),
    expiresMs: u64(16),
    keyId,
  };
}

function publicKey({ public_key }: PublicKey) {
  const x = Buffer.from(public_key, 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

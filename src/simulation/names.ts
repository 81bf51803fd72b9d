import type { RandomStream, RandomStreams } from '../kernel/random-streams.js';
import type { Names } from './surroundings.js';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';
const VARIANTS = ['8', '9', 'a', 'b'];

/** Makes the names and ids that a cluster generates, each kind from a stream of its own. */
export class NameGenerator implements Names {
  readonly #suffixes: RandomStream;
  readonly #uids: RandomStream;
  readonly #addresses: RandomStream;
  readonly #used = new Set<string>();

  constructor(streams: RandomStreams) {
    this.#suffixes = streams.stream('names/suffix');
    this.#uids = streams.stream('names/uid');
    this.#addresses = streams.stream('names/address');
  }

  /** `prefix` plus five characters, as `generateName` makes them; never the same twice. */
  generate(prefix: string): string {
    return this.#unique(() => prefix + draw(this.#suffixes, ALPHABET, 5));
  }

  /** A random (version 4) UUID. */
  uid(): string {
    // Piece by piece: V8 makes a rope of a long text that grows by single characters, to be untangled later.
    const first = draw(this.#uids, HEX, 8);
    const second = draw(this.#uids, HEX, 4);
    const third = draw(this.#uids, HEX, 3);
    const fourth = draw(this.#uids, HEX, 3);
    const last = draw(this.#uids, HEX, 12);
    // One digit more than it takes has always been drawn; the ids that follow depend on it.
    this.#uids.next();
    const variant = this.#uids.pick(VARIANTS);
    return `${first}-${second}-4${third}-${variant}${fourth}-${last}`;
  }

  /** A private DNS name as EC2 gives it to an instance of a 10.0.0.0/16 network; never the same twice. */
  nodeName(region: string): string {
    const domain = region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;
    return this.#unique(() => `ip-10-0-${this.#addresses.int(256)}-${this.#addresses.int(256)}.${domain}`);
  }

  /** Provider id of a new instance. */
  providerID(zone: string): string {
    return `aws:///${zone}/i-${draw(this.#uids, HEX, 17)}`;
  }

  #unique(make: () => string): string {
    for (;;) {
      const name = make();
      if (this.#used.has(name)) continue;
      this.#used.add(name);
      return name;
    }
  }
}

function draw(stream: RandomStream, alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet.charAt(stream.int(alphabet.length));
  return text;
}

import type { RandomStream, RandomStreams } from '../kernel/random-streams.js';
import type { Names } from './surroundings.js';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const HEX = '0123456789abcdef';

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
    const digits = draw(this.#uids, HEX, 31);
    const variant = this.#uids.pick(['8', '9', 'a', 'b']);
    return [
      digits.slice(0, 8),
      digits.slice(8, 12),
      `4${digits.slice(12, 15)}`,
      variant + digits.slice(15, 18),
      digits.slice(18, 30),
    ].join('-');
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

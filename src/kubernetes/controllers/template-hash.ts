import { ObjectCache } from '../../kernel/object-cache.js';
import type { PodTemplate } from '../workloads.js';

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 10;

/** A Deployment asks at every sync. */
const hashes = new ObjectCache<PodTemplate, string>();

/** JSON with object keys in order and without undefined members: equal values give equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.join(',')}}`;
}

/**
 * The `pod-template-hash` of a template: equal templates get the same ten characters. Made in Kubernetes' style; the
 * characters themselves differ from a real cluster's, which hashes Go structures.
 */
export function templateHash(template: PodTemplate): string {
  let hash = hashes.get(template);
  if (hash === undefined) hashes.set(template, (hash = computeHash(template)));
  return hash;
}

function computeHash(template: PodTemplate): string {
  const text = canonical(template);
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 13);
  }
  let number = BigInt(high >>> 0) * 2n ** 32n + BigInt(low >>> 0);
  let hash = '';
  for (let i = 0; i < LENGTH; i++) {
    hash += ALPHABET.charAt(Number(number % 27n));
    number /= 27n;
  }
  return hash;
}

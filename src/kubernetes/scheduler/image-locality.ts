import type { Pod } from '../pod.js';
import type { NodeInfo } from './node-info.js';
import type { SchedulerCache } from './scheduler-cache.js';

const MIN_BYTES = 23 * 2 ** 20;
const MAX_BYTES_PER_CONTAINER = 1000 * 2 ** 20;

/** An image without a tag means `:latest`. */
function normalizedName(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}

/** Size of an image on the node, scaled by the share of nodes that have it. */
type ImageSizes = ReadonlyMap<string, number>;

/** ImageLocality, 0–100: prefers nodes that have the pod's images, weighed by how widely they are spread (§1.7.5). */
export class ImageLocality {
  readonly #cache: SchedulerCache;
  #version = -1;
  #sizes = new Map<NodeInfo, ImageSizes>();

  constructor(cache: SchedulerCache) {
    this.#cache = cache;
  }

  /** False when no node lists images, and then everybody scores 0. */
  get anyImages(): boolean {
    if (this.#version !== this.#cache.nodesVersion) this.#readImages();
    return this.#sizes.size > 0;
  }

  score(pod: Pod, node: NodeInfo): number {
    if (this.#version !== this.#cache.nodesVersion) this.#readImages();
    const sizes = this.#sizes.get(node);
    if (sizes === undefined) return 0;
    const { containers, initContainers } = pod.spec;
    let sum = 0;
    for (const { image } of [...initContainers, ...containers]) {
      if (image !== undefined) sum += sizes.get(normalizedName(image)) ?? 0;
    }
    const most = MAX_BYTES_PER_CONTAINER * (containers.length + initContainers.length);
    const bounded = Math.min(Math.max(sum, MIN_BYTES), most);
    return Math.floor((100 * (bounded - MIN_BYTES)) / (most - MIN_BYTES));
  }

  #readImages(): void {
    const { nodes } = this.#cache;
    const holders = new Map<string, number>();
    for (const { node } of nodes) {
      const names = new Set((node.status.images ?? []).flatMap((image) => image.names));
      for (const name of names) holders.set(name, (holders.get(name) ?? 0) + 1);
    }
    this.#sizes = new Map();
    for (const info of nodes) {
      const images = info.node.status.images ?? [];
      if (images.length === 0) continue;
      const sizes = new Map<string, number>();
      for (const { names, sizeBytes } of images) {
        for (const name of names) {
          sizes.set(name, Math.trunc(sizeBytes * ((holders.get(name) ?? 0) / nodes.length)));
        }
      }
      this.#sizes.set(info, sizes);
    }
    this.#version = this.#cache.nodesVersion;
  }
}

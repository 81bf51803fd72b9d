/** What image pulls depend on. */
export interface ImagePull {
  /** Size of an image, compressed. */
  readonly imageBytes: number;
  /** Of a node, shared by its pulls. */
  readonly bytesPerSecond: number;
  /** Before the first byte. */
  readonly overheadMs: number;
}

/** Chosen in kubernetes.md §2.5 for want of a source. */
export const DEFAULT_IMAGE_PULL: ImagePull = { imageBytes: 250_000_000, bytesPerSecond: 50_000_000, overheadMs: 500 };

/**
 * Images on the nodes: the first pod of an image on a node waits for the pull, later ones find it there. Pulls run in
 * parallel and share the rate.
 */
export class ImageStore {
  /** By node, when each image is there. */
  readonly #readyMs = new Map<string, Map<string, number>>();

  constructor(private readonly model: ImagePull = DEFAULT_IMAGE_PULL) {}

  /** How long a pod that starts now waits for the image, ms; the pull begins if it has not. */
  pull(nodeName: string, image: string, bytes: number, nowMs: number): number {
    let images = this.#readyMs.get(nodeName);
    if (images === undefined) this.#readyMs.set(nodeName, (images = new Map<string, number>()));
    const known = images.get(image);
    if (known !== undefined) return Math.max(0, known - nowMs);
    let running = 1;
    for (const readyMs of images.values()) if (readyMs > nowMs) running++;
    const { bytesPerSecond, overheadMs } = this.model;
    const duration = overheadMs + Math.round((bytes * running) / (bytesPerSecond / 1000));
    images.set(image, nowMs + duration);
    return duration;
  }

  /** The node is gone. */
  forget(nodeName: string): void {
    this.#readyMs.delete(nodeName);
  }
}

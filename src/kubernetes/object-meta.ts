/** Owner of an object, as in `metadata.ownerReferences`. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: boolean;
}

/** The part of `ObjectMeta` the simulator works with. Times are epoch milliseconds of the virtual clock. */
export interface ObjectMeta {
  readonly name: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly OwnerReference[];
  readonly creationTimeMs: number;
  readonly deletionTimeMs?: number | undefined;
}

/** The controller among the owners. */
export function controllerOf(owners: readonly OwnerReference[]): OwnerReference | undefined {
  for (const owner of owners) if (owner.controller) return owner;
  return undefined;
}

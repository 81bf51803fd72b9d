import { decodeNodePoolV1 } from '../karpenter/manifest/decode-node-pool.js';
import type { NodePool } from '../karpenter/nodepool.js';
import { readManifest } from './read-manifest.js';

type Fields = Readonly<Record<string, unknown>>;

interface NodePoolManifest {
  readonly metadata: { readonly name: string };
  readonly spec?: Fields & {
    readonly disruption?: Fields & { readonly budgets?: readonly Fields[] };
    readonly template?: Fields & { readonly spec?: Fields };
  };
}

/** A story's NodePool manifests as they are now, with the defaults of the CRD written out. */
export class StoryNodePools {
  readonly #manifests = new Map<string, NodePoolManifest>();

  /** @throws Error for a manifest that the API server would refuse. */
  constructor(manifests: readonly unknown[]) {
    for (const manifest of manifests as readonly NodePoolManifest[]) {
      this.#manifests.set(manifest.metadata.name, withDefaults(manifest));
    }
  }

  /** All NodePools, in the story's order. */
  decoded(creationTimeMs: number): NodePool[] {
    return [...this.#manifests.values()].map((manifest) => readManifest(manifest, decodeNodePoolV1, creationTimeMs));
  }

  /** The NodePool after a JSON merge patch of its spec. @throws Error when there is none of the name */
  patched(name: string, spec: unknown, creationTimeMs: number): NodePool {
    const manifest = this.#manifests.get(name);
    if (manifest === undefined) throw new Error(`no NodePool ${name}`);
    const patched = { ...manifest, spec: mergePatch(manifest.spec, spec) } as NodePoolManifest;
    this.#manifests.set(name, patched);
    return readManifest(patched, decodeNodePoolV1, creationTimeMs);
  }
}

function withDefaults(manifest: NodePoolManifest): NodePoolManifest {
  const { disruption, template } = manifest.spec ?? {};
  const budgets = (disruption?.budgets ?? [{}]).map((budget) => ({ nodes: '10%', ...budget }));
  return {
    ...manifest,
    spec: {
      ...manifest.spec,
      disruption: {
        consolidateAfter: '0s',
        consolidationPolicy: 'WhenEmptyOrUnderutilized',
        ...disruption,
        budgets,
      },
      template: {
        ...template,
        spec: {
          expireAfter: '720h',
          nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
          requirements: [],
          ...template?.spec,
        },
      },
    },
  };
}

/** RFC 7396: null removes, objects merge, everything else replaces. */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

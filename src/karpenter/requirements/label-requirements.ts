import { ObjectCache } from '../../kernel/object-cache.js';
import { Requirements } from './requirements.js';

const cache = new ObjectCache<Readonly<Record<string, string>>, Requirements>();

/** A node's labels as requirements. Kept by the labels object, which outlives the changes of everything else on a node. */
export function labelRequirements(labels: Readonly<Record<string, string>>): Requirements {
  let requirements = cache.get(labels);
  if (requirements === undefined) {
    requirements = Requirements.fromLabels(labels);
    cache.set(labels, requirements);
  }
  return requirements;
}

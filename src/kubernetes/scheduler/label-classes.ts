import { matchesLabelSelector } from '../label-selector.js';
import type { Pod } from '../pod.js';
import type { LabelSelector } from '../selectors.js';

/**
 * All pods of one namespace with the same labels. Counting pods of a class instead of pods makes spreading cost one
 * look-up a node whatever the number of pods on it: 10,000 pods of 50 Deployments are 50 classes.
 */
export class LabelClass {
  /** Pods of the class known to the cache. */
  size = 0;

  constructor(
    readonly key: string,
    readonly namespace: string,
    readonly labels: Readonly<Record<string, string>>,
  ) {}
}

/** The classes that one selector matches in one namespace, kept up to date by the registry. */
export interface ClassMatcher {
  readonly namespace: string;
  /** All of these must match. */
  readonly selectors: readonly (LabelSelector | undefined)[];
  classes: readonly LabelClass[];
  version: number;
}

/** The label classes in use. */
export class LabelClasses {
  readonly #classes = new Map<string, LabelClass>();
  readonly #keys = new WeakMap<object, string>();
  #version = 0;

  /** The pod's class, with one pod more in it. */
  enter(pod: Pod): LabelClass {
    const key = this.keyOf(pod);
    let labelClass = this.#classes.get(key);
    if (labelClass === undefined) {
      labelClass = new LabelClass(key, pod.metadata.namespace, pod.metadata.labels);
      this.#classes.set(key, labelClass);
      this.#version++;
    }
    labelClass.size++;
    return labelClass;
  }

  /** Takes one pod out; a class without pods is forgotten. */
  leave(labelClass: LabelClass): void {
    labelClass.size--;
    if (labelClass.size > 0) return;
    this.#classes.delete(labelClass.key);
    this.#version++;
  }

  /** Identity of the pod's class, whether or not the class exists. */
  keyOf(pod: Pod): string {
    const { labels, namespace } = pod.metadata;
    let text = this.#keys.get(labels);
    if (text === undefined) {
      text = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
      this.#keys.set(labels, text);
    }
    return `${namespace}/${text}`;
  }

  /** The classes that the matcher matches now. */
  matching(matcher: ClassMatcher): readonly LabelClass[] {
    if (matcher.version !== this.#version) {
      const classes: LabelClass[] = [];
      for (const labelClass of this.#classes.values()) {
        if (labelClass.namespace !== matcher.namespace) continue;
        if (matcher.selectors.every((selector) => matchesLabelSelector(selector, labelClass.labels))) {
          classes.push(labelClass);
        }
      }
      matcher.classes = classes;
      matcher.version = this.#version;
    }
    return matcher.classes;
  }
}

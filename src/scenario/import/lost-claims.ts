import { isRecord } from '../../kubernetes/manifest/field-path.js';
import type { Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';
import { fieldOf, keyOf, textOf } from './object-fields.js';
import type { DumpObject } from './shaped-object.js';

/** Where the spec of pods stands, by kind. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Takes volumes off pods and templates whose claims the dump does not hold: nobody knows where they are. */
export function dropLostClaims(dump: Dump, findings: ImportFindings): void {
  const known = new Set(dump.list('PersistentVolumeClaim').map(keyOf));
  for (const [kind, path] of Object.entries(POD_SPECS)) {
    dump.change(kind, (object) => {
      const volumes = fieldOf(object, ...path, 'volumes');
      if (!Array.isArray(volumes)) return object;
      const namespace = keyOf(object).split('/')[0] ?? '';
      const kept = (volumes as readonly unknown[]).filter((volume) => {
        const claim = textOf(fieldOf(volume, 'persistentVolumeClaim', 'claimName'));
        if (claim === '' || known.has(`${namespace}/${claim}`)) return true;
        const text = 'volumes whose claims are not in the dump bind nothing to a zone; dump pvc,pv,sc, too';
        if (kind === 'Pod') findings.add('broken', text, `${namespace}/${claim}`);
        return false;
      });
      return kept.length === volumes.length ? object : withField(object, [...path, 'volumes'], kept);
    });
  }
}

function withField(object: DumpObject, [key = '', ...rest]: readonly string[], value: unknown): DumpObject {
  const inner = object[key];
  return { ...object, [key]: rest.length === 0 || !isRecord(inner) ? value : withField(inner, rest, value) };
}

import { ALPHA_KINDS, type Dump } from './dump.js';
import type { ImportFindings } from './import-finding.js';

/** What could not be read of a dump, what stays behind, and objects that came twice. */
export function noteReading(dump: Dump, findings: ImportFindings): void {
  for (const { file, line, message, cutOff } of dump.faults) {
    const where = line === 0 ? file : `${file}:${line}`;
    if (cutOff) findings.add('broken', 'the dump is cut off: what came before is read, the rest is missing', where);
    else findings.add('broken', `texts could not be read (${message})`, where);
  }
  for (const [kind, count] of dump.leftBehind) {
    const successor = ALPHA_KINDS[kind];
    if (successor === undefined) findings.add('left-out', `${kind} objects`, '', count);
    else {
      const text = `${kind} objects of Karpenter before v0.32: convert them to a ${successor} (karpenter-convert -f FILE) and import again`;
      findings.add('broken', text, '', count);
    }
  }
  for (const [field, count] of dump.leftFields) findings.add('left-out', field, '', count);
  if (dump.repeated > 0)
    findings.add('note', 'objects were there more than once: the newest counts', '', dump.repeated);
}

/** Why nothing can be made of a dump, and how to make one that is of use. */
export function nothingUseful(dump: Dump): string {
  const kinds = [...dump.leftBehind].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const [fault] = dump.faults;
  const read = dump.read === 0 ? 'no object' : `only ${kinds}`;
  const why = fault === undefined ? '' : `; ${fault.file}${fault.line > 0 ? `:${fault.line}` : ''}: ${fault.message}`;
  const old = [...dump.leftBehind.keys()].find((kind) => ALPHA_KINDS[kind] !== undefined);
  const convert =
    old === undefined ? '' : `convert each ${old} to a ${ALPHA_KINDS[old] ?? ''} (karpenter-convert -f FILE), or `;
  return (
    `there is nothing in the dump to simulate: ${read} could be read${why} — ${convert}` +
    'make it with kubectl get nodepools,ec2nodeclasses,nodeclaims,nodes,pods,deploy,rs,sts,ds,jobs,cronjobs,hpa,pdb,pvc,pv,sc,ns -A -o yaml'
  );
}

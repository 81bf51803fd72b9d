import { formatAmountShort } from '../../kubernetes/quantity.js';
import type { SchedulingErrorCode } from './scheduling-errors.js';
import type { SchedulingError } from './scheduling-result.js';

type Detail = SchedulingError['detail'];

function text(value: Detail[string] | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function taintText(detail: Detail): string {
  const value = text(detail['value']);
  return `${text(detail['key'])}${value === '' ? '' : `=${value}`}:${text(detail['effect'])}`;
}

/** Amounts of a detail, such as `requests/cpu`, as Kubernetes writes them. */
function amounts(detail: Detail, prefix: string): string {
  return Object.entries(detail)
    .filter(([name]) => name.startsWith(`${prefix}/`))
    .map(([name, amount]) => {
      const resource = name.slice(prefix.length + 1);
      return `${resource} ${formatAmountShort(resource, Number(amount))}`;
    })
    .join(', ');
}

const MESSAGES: Readonly<Record<SchedulingErrorCode, (detail: Detail) => string>> = {
  'untolerated-taint': (detail) => `did not tolerate taint ${taintText(detail)}`,
  'host-port-conflict': () => 'host port is taken',
  'incompatible-requirements': (detail) => `incompatible requirements, label ${text(detail['key'])}`,
  'incompatible-volumes': (detail) => `incompatible volume requirements, label ${text(detail['key'])}`,
  'unsatisfiable-topology': (detail) =>
    `unsatisfiable topology constraint: ${text(detail['constraint'])} over ${text(detail['key'])}`,
  'reserved-capacity-exhausted': () => 'all compatible reserved offerings are in use',
  'resource-claims-unsupported': () => 'pod uses dynamic resource claims',
  'node-limit-exhausted': () => 'node limit is exhausted',
  'limits-exceeded': (detail) =>
    `every available instance type exceeds the limits (left: ${amounts(detail, 'remaining')})`,
  'no-nodepool-has-types': () => 'NodePool requirements filtered out all available instance types',
  'min-values': (detail) => `minValues is not met for ${text(detail['labels'])}`,
  'no-types-requirements-resources-offering': () =>
    'no instance type met the requirements, had the resources or an offering',
  'no-types-requirements-resources': () => 'no instance type met the requirements or had the resources',
  'no-types-requirements-offering': () => 'no instance type met the requirements or had an offering',
  'no-types-resources-offering': () => 'no instance type had the resources or an offering',
  'no-types-requirements': () => 'no instance type met the requirements',
  'no-types-resources': (detail) => `no instance type has enough resources (${amounts(detail, 'requests')})`,
  'no-types-offering': () => 'no instance type has an available offering',
  'no-type-with-requirements-and-resources-has-offering': () =>
    'no instance type that met the requirements and had the resources has an available offering',
  'no-type-with-resources-and-offering-meets-requirements': () =>
    'no instance type with the resources and an offering meets the requirements',
  'no-type-with-requirements-and-offering-has-resources': () =>
    'no instance type that met the requirements and has an offering has enough resources',
  'no-type-meets-all': () => 'no instance type met the requirements, had the resources and an available offering',
  'uninitialized-node': (detail) =>
    `would schedule against uninitialized nodeclaim/${text(detail['nodeClaim'])}, node/${text(detail['node'])}`,
  'insufficient-resources': (detail) => `the node has not enough left (${amounts(detail, 'remaining')})`,
  'volume-limits': () => 'the node cannot attach more volumes',
  'unknown-volumes': () => 'a volume, claim or class of the pod is not there',
  'all-nodepools-refused': () => 'no NodePool can take it',
};

function isKnown(code: string): code is SchedulingErrorCode {
  return code in MESSAGES;
}

/** An error in words: what each NodePool said, in the order in which they were tried. */
export function schedulingErrorMessage(error: SchedulingError): string {
  if (error.causes.length > 0) return error.causes.map(schedulingErrorMessage).join('; ');
  const message = isKnown(error.code) ? MESSAGES[error.code](error.detail) : error.code;
  return error.nodePoolName === undefined ? message : `NodePool ${error.nodePoolName}: ${message}`;
}

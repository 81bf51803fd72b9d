/** One step of a path: a field name or a list index. */
export type PathKey = string | number;

/** Whether a value is a map of fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `spec.containers[0].resources`; keys that are no plain words stand in brackets. */
export function renderPath(path: readonly PathKey[]): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (/^[\w-]+$/.test(key)) text += text === '' ? key : `.${key}`;
    else text += `["${key}"]`;
  }
  return text;
}

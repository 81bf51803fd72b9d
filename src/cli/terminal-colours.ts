import { Chalk, supportsColor } from 'chalk';

/** Colours where stdout is a terminal that has them; NO_COLOR, which chalk does not read, switches them off. */
export function terminalColours(): InstanceType<typeof Chalk> {
  const off = (process.env['NO_COLOR'] ?? '') !== '' || supportsColor === false;
  return new Chalk(off ? { level: 0 } : {});
}

import { describeAgreement } from './agreement.js';

describeAgreement('conditions', 'v0.32.0');

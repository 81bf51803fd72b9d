import { describeAgreement } from './agreement.js';

describeAgreement('conditions', 'v1.14.1');

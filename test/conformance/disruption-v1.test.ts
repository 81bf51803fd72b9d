import { describeAgreement } from './agreement.js';

describeAgreement('disruption', 'v1.14.1');

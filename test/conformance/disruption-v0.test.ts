import { describeAgreement } from './agreement.js';

describeAgreement('disruption', 'v0.32.0');

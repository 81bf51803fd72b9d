import { describeAgreement } from './agreement.js';

describeAgreement('provisioning', 'v1.14.1');

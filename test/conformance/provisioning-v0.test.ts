import { describeAgreement } from './agreement.js';

describeAgreement('provisioning', 'v0.32.0');

/** The worker of the playground. */

import { serve } from '../host-js/worker/serve.js';

serve();

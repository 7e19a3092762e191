/**
 * The file of the usual worker.
 */

import { serve } from './serve.js';

serve();

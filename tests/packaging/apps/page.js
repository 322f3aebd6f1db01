import { createClient } from 'pennon';
import { show } from './show.js';

await show(createClient);

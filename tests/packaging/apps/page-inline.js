import { createClient } from 'pennon/inline';
import { show } from './show.js';

await show(createClient);

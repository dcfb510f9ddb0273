// What every page runs. Each module works by attributes alone; a page's own script imports them as "ground/NAME".
import 'ground/refresh'; // first: it remembers the page as the server sent it
import 'ground/theme';
import 'ground/announce';
import 'ground/frame';
import 'ground/drafts';
import 'ground/beside';
import 'ground/mentions';
import 'ground/copy';
import 'ground/palette';
import 'ground/shortcuts';
import 'ground/passkey';
import 'ground/forms';
import 'ground/writing';
import 'ground/connection';
import 'ground/live';

// What every page runs. Each module works by attributes alone; a page's own script imports them as "ground/NAME".
import 'ground/theme';
import 'ground/announce';
import 'ground/frame';
import 'ground/drafts';
import 'ground/passkey';
import 'ground/forms';

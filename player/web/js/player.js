// The player page: starts the views, then what plays.

import './copy.js';
import { byID } from './dom.js';
import { start } from './playback.js';
import { observe } from './requests.js';
import { snapshot } from './state.js';
import { showAddress } from './view/address.js';
import { showChart } from './view/chart.js';
import { showControls } from './view/controls.js';
import { showCover } from './view/cover.js';
import { showDrawer } from './view/drawer.js';
import { showKeyboard } from './view/keyboard.js';
import { showLicence } from './view/licence.js';
import { showStatistics } from './view/statistics.js';
import { showStatus } from './view/status.js';
import { showSwitches } from './view/switches.js';
import { showTracks } from './view/tracks.js';

window.manifold = { state: snapshot };

for (const show of [showAddress, showSwitches, showCover, showControls, showTracks, showLicence, showStatistics, showChart, showDrawer, showStatus, showKeyboard]) show();
observe();
start(byID('video'));

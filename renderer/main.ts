/** Starts the page: styles, the host, the application. */
import { mount } from 'svelte';
import App from './App.svelte';
import { connectHost } from './host/bridge.ts';
import './ui/tokens.css';
import './ui/base.css';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no element with the id "app".');

mount(App, { target, props: { connecting: connectHost() } });

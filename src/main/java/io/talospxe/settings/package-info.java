/** What an operator can set, where it was set, and what to say when it was set wrongly. Imports the JDK. */
package io.talospxe.settings;

/** Tests of the shell programs that stand around the server; they run the scripts as a user does. Imports the JDK and test libraries only. */
package io.talospxe.launcher;

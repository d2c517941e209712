@NullMarked
package io.flamelake.catalog.rest;

import org.jspecify.annotations.NullMarked;
